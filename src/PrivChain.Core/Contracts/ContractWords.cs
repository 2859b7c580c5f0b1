using System.Collections.Frozen;
using System.Globalization;
using PrivChain.Core.Json;

namespace PrivChain.Core.Contracts;

/// <summary>Every sentence that a citizen reads about a contract, in both languages. Plain text: no markup.</summary>
internal static class ContractWords
{
    public static FrozenDictionary<string, LocalText> All { get; } = new Dictionary<string, LocalText>(StringComparer.Ordinal)
    {
        // What is seen of one field.
        ["form.value"] = new("the exact value", "准确的值"),
        ["form.exists"] = new("only whether there is one; an empty entry counts as none", "仅“有”或“没有”；空白项视为没有"),
        ["form.age-at-least"] = new("only whether you are {0} or older", "仅告知是否年满 {0} 周岁"),
        ["form.compare.less-than"] = new("only whether it is less than {0}", "仅告知是否小于 {0}"),
        ["form.compare.at-most"] = new("only whether it is {0} or less", "仅告知是否不超过 {0}"),
        ["form.compare.equals"] = new("only whether it is exactly {0}", "仅告知是否等于 {0}"),
        ["form.compare.at-least"] = new("only whether it is {0} or more", "仅告知是否不少于 {0}"),
        ["form.compare.more-than"] = new("only whether it is more than {0}", "仅告知是否大于 {0}"),
        ["form.compare-date.less-than"] = new("only whether it is before {0}", "仅告知是否早于 {0}"),
        ["form.compare-date.at-most"] = new("only whether it is {0} or earlier", "仅告知是否不晚于 {0}"),
        ["form.compare-date.equals"] = new("only whether it is exactly {0}", "仅告知是否为 {0}"),
        ["form.compare-date.at-least"] = new("only whether it is {0} or later", "仅告知是否不早于 {0}"),
        ["form.compare-date.more-than"] = new("only whether it is after {0}", "仅告知是否晚于 {0}"),
        ["form.in-set"] = new("only whether it is one of: {0}", "仅告知是否属于以下之一：{0}"),
        ["form.in-set.list"] = new("only whether any of these is among them: {0}", "仅告知其中是否有以下任何一项：{0}"),
        ["form.band"] = new("only in which of these bands it lies: {0}", "仅告知所在区间：{0}"),
        ["form.round"] = new("only rounded to {0}", "仅取整到 {0}"),
        ["form.year"] = new("only the year", "仅年份"),
        ["form.mask.last"] = new("at most the last {0} characters; the rest and the length stay hidden", "最多末 {0} 位；其余内容和长度均隐藏"),
        ["form.mask.first"] = new("at most the first {0} characters; the rest and the length stay hidden", "最多前 {0} 位；其余内容和长度均隐藏"),
        ["form.pseudonym"] = new("only a made-up name that is the same each time and means nothing to others", "仅一个代号：对该机构每次相同，对其他机构无意义"),

        // What a result says.
        ["result.absent"] = new("that there is none", "没有此项"),
        ["result.not-granted"] = new("nothing (you leave it out)", "无（您未提供）"),
        ["result.yes"] = new("yes", "是"),
        ["result.no"] = new("no", "否"),
        ["band.below"] = new("below {0}", "低于 {0}"),
        ["band.between"] = new("{0} to under {1}", "{0} 至 {1}（不含）"),
        ["band.from"] = new("{0} or more", "{0}及以上"),

        // Units of the schemas. One that is not here is shown as it is written there.
        ["unit.CNY"] = new("CNY", "元"),
        ["unit.USD"] = new("USD", "美元"),
        ["unit.DEM"] = new("DEM", "德国马克"),
        ["unit.m2"] = new("m²", "平方米"),
        ["unit.hour"] = new("hours", "小时"),
        ["unit.hour.one"] = new("hour", "小时"),
        ["unit.month"] = new("months", "个月"),
        ["unit.month.one"] = new("month", "个月"),
        ["unit.year"] = new("years", "年"),
        ["unit.year.one"] = new("year", "年"),
        ["unit.year.age"] = new("years", "岁"),
        ["unit.year.age.one"] = new("year", "岁"),

        // Frame.
        ["head.who"] = new("Who asks: {0}", "请求方：{0}"),
        ["head.purpose"] = new("What for: {0}", "用途：{0}"),
        ["head.basis"] = new("Legal basis: {0}", "法律依据：{0}"),
        ["head.seen"] = new("They will see:", "对方将看到："),
        ["head.not-seen"] = new("They will not see:", "对方不会看到："),
        ["head.vouching"] = new("Whose word counts:", "以谁的说法为准："),
        ["head.limits"] = new("Limits:", "限制："),
        ["head.enclave"] = new("Who computes it:", "由谁计算："),
        ["field"] = new("{0}, {1}: {2}", "{0}·{1}：{2}"),
        ["field.optional"] = new("{0} (you may leave this out)", "{0}（可不提供）"),
        ["field.example"] = new("{0}. From your record: {1}", "{0}。按您的记录：{1}"),
        ["not-seen.record"] = new("{0}: {1}", "{0}：{1}"),
        ["not-seen.whole"] = new("of the fields above, anything beyond what is said there", "上述字段中未说明的任何内容"),
        ["not-seen.else"] = new("anything else: the keys of all other fields and records stay with you", "其他一切：其余字段和记录的密钥始终只在您手中"),
        ["vouching.issuer"] = new("{0}: only what an admitted issuer has signed", "{0}：仅以获准的签发机构签名为准"),
        ["vouching.self-asserted"] = new("{0}: what you state yourself will do, and they see that nobody vouches for it", "{0}：您自己的陈述即可，对方会看到没有机构为其担保"),
        ["limit.days.one"] = new("for {0} day from your consent", "自同意起 {0} 天内有效"),
        ["limit.days"] = new("for {0} days from your consent", "自同意起 {0} 天内有效"),
        ["limit.hours.one"] = new("for {0} hour from your consent", "自同意起 {0} 小时内有效"),
        ["limit.hours"] = new("for {0} hours from your consent", "自同意起 {0} 小时内有效"),
        ["limit.uses.one"] = new("{0} time", "最多 {0} 次"),
        ["limit.uses"] = new("at most {0} times", "最多 {0} 次"),
        ["limit.retain.none"] = new("the answer may not be kept", "结果不得留存"),
        ["limit.retain.one"] = new("the answer may be kept for {0} day", "结果最多留存 {0} 天"),
        ["limit.retain"] = new("the answer may be kept for {0} days", "结果最多留存 {0} 天"),
        ["limit.price.none"] = new("you are paid nothing", "无报酬"),
        ["limit.price.one"] = new("you are paid {0} point for each use", "每次使用您获得 {0} 积分"),
        ["limit.price"] = new("you are paid {0} points for each use", "每次使用您获得 {0} 积分"),
        ["limit.revoke"] = new("you can withdraw at any time; nothing is released after that", "您可随时撤回；撤回后不再提供任何内容"),
        ["enclave.kinds"] = new("a sealed machine that proves itself by: {0}", "可自证的可信执行环境：{0}"),
        ["evidence.sev-snp"] = new("an AMD processor (SEV-SNP)", "AMD 处理器（SEV-SNP）"),
        ["evidence.tdx"] = new("an Intel processor (TDX)", "Intel 处理器（TDX）"),
        ["evidence.sgx"] = new("an Intel processor (SGX)", "Intel 处理器（SGX）"),
        ["evidence.tpm"] = new("a TPM chip", "TPM 芯片"),
        ["evidence.fpga-dice"] = new("an FPGA with a key of its own", "自带密钥的 FPGA"),
        ["evidence.simulated"] = new("a simulation, without protected hardware", "模拟环境（无受保护硬件）"),
        ["enclave.roots"] = new("{0} machines of different makers must agree", "须 {0} 个不同厂商的环境共同放行"),
        ["enclave.simulated"] = new("careful: simulated machines are accepted; these protect nothing from the operator", "注意：接受模拟环境，无法防范运营者"),
        ["list.separator"] = new("; ", "；"),

        // Terms of the vocabulary that occur in our contracts. A term that is not here is shown as it is.
        ["dpv:CreditChecking"] = new("checking whether a credit can be granted", "信贷资格审查"),
        ["dpv:IdentityVerification"] = new("verifying who you are", "身份核验"),
        ["dpv:AgeVerification"] = new("checking an age limit", "年龄核验"),
        ["dpv:CustomerClaimsManagement"] = new("settling an insurance claim", "保险理赔"),
        ["dpv:ProvideOfficialStatistics"] = new("official statistics", "官方统计"),
        ["dpv:CommunicationManagement"] = new("reaching you", "与您联系"),
        ["dpv:ExplicitConsent"] = new("your explicit consent", "您的明示同意"),
        ["dpv:ExplicitlyExpressedConsent"] = new("your explicit consent", "您的明示同意"),
        ["dpv:Consent"] = new("your consent", "您的同意"),
        ["dpv:LegalObligation"] = new("a legal obligation", "法定义务"),
        ["dpv:ContractPerformance"] = new("performing a contract with you", "履行与您的合同"),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public static string In(DisplayLanguage language, string key, params ReadOnlySpan<string> values)
    {
        var text = Pick(language, All[key]);
        return values.Length == 0 ? text : string.Format(CultureInfo.InvariantCulture, text, [.. values]);
    }

    public static string Pick(DisplayLanguage language, LocalText text) => language == DisplayLanguage.Chinese ? text.Zh : text.En;

    public static string Term(DisplayLanguage language, string term) =>
        All.TryGetValue(term, out var words) ? $"{Pick(language, words)} ({term})" : term;

    /// <summary>The sentence for a count: none, one or several, where a language tells them apart.</summary>
    public static string Count(DisplayLanguage language, string key, long count) =>
        In(language, count switch
        {
            0 when All.ContainsKey(key + ".none") => key + ".none",
            1 when All.ContainsKey(key + ".one") => key + ".one",
            _ => key,
        }, count.ToString(CultureInfo.InvariantCulture));
}

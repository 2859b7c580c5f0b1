using System.Globalization;
using System.Reflection;
using PrivChain.Core.Tests.Bytes;
using PrivChain.Core.Tests.Consent;
using PrivChain.Core.Tests.Contracts;
using PrivChain.Core.Tests.Documents;
using PrivChain.Core.Tests.Json;
using PrivChain.Core.Tests.Keys;
using PrivChain.Core.Tests.Ledger;
using PrivChain.Core.Tests.Records;
using PrivChain.Core.Tests.SignIn;
using PrivChain.Core.Tests.Tree;
using PrivChain.Core.Tests.TypedData;

namespace PrivChain.Core.Tests.Locale;

/// <summary>
/// The rules know no language and no country: what holds where a person writes <c>1.5</c> and <c>ID</c> holds where they write <c>1,5</c>, a lower-case <c>ı</c> or another calendar. So the tests of everything that reads,
/// writes, compares or signs text run once more under each such culture, rather than a few samples of our choice.
/// </summary>
[TestClass]
public sealed class LocaleTests
{
    private static readonly Type[] _subjects =
    [
        typeof(AccountTests), typeof(Base64UrlTests), typeof(CheckpointTests), typeof(ConsentRecordExportTests), typeof(ContractCheckerTests), typeof(ContractEvaluatorTests), typeof(ContractRenderingTests),
        typeof(DocumentLayoutTests), typeof(DpvConsentRecordTests), typeof(EntryTests), typeof(FieldFormTests), typeof(GenesisTests), typeof(JcsTests), typeof(PrivacyContractTests), typeof(RecordSchemaTests),
        typeof(SealedRecordTests), typeof(SignedNoteTests), typeof(SignInMessageTests), typeof(StrictJsonTests), typeof(TileTests), typeof(TypedDataDocumentTests),
    ];

    [TestMethod]
    [DataRow("tr-TR")]
    [DataRow("de-DE")]
    [DataRow("zh-CN")]
    [DataRow("ar-SA")]
    public void EveryRule_UnderAnotherCulture_HoldsAsItDoes(string name)
    {
        var (culture, screen) = (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture);
        var runs = 0;
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo(name);
            AssertForeign(name);
            foreach (var (method, arguments) in _subjects.SelectMany(Runs))
            {
                try
                {
                    method.Invoke(Activator.CreateInstance(method.DeclaringType!), arguments);
                    runs++;
                }
                catch (TargetInvocationException exception)
                {
                    Assert.Fail($"{method.DeclaringType!.Name}.{method.Name}({string.Join(", ", arguments)}) under {name}: {exception.InnerException!.Message}");
                }
            }
        }
        finally
        {
            (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture) = (culture, screen);
        }

        Assert.IsGreaterThan(300, runs, "the tests of the rules were not found");
    }

    // A culture that is not the one named, because the machine has no data for it, would make this test pass for nothing.
    private static void AssertForeign(string name)
    {
        var differs = name switch
        {
            "tr-TR" => "I".ToLower(CultureInfo.CurrentCulture) != "i",
            "de-DE" => 1.5m.ToString(CultureInfo.CurrentCulture) == "1,5",
            "ar-SA" => new DateTime(2026, 1, 1).ToString("yyyy", CultureInfo.CurrentCulture) != "2026",
            _ => CultureInfo.CurrentCulture.Name == name,
        };
        if (!differs)
        {
            Assert.Inconclusive($"no data of {name} on this machine");
        }
    }

    private static IEnumerable<(MethodInfo Method, object?[] Arguments)> Runs(Type subject) =>
        from method in subject.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
        where method.IsDefined(typeof(TestMethodAttribute)) && method.ReturnType == typeof(void)
            && !method.GetCustomAttributes<TestCategoryBaseAttribute>().Any()

            // Thousands of changed bytes take long and say nothing about languages.
            && !method.Name.Contains("Mutation", StringComparison.Ordinal)
        let rows = method.GetCustomAttributes<DataRowAttribute>().Select(row => row.Data ?? [null]).ToList()
        where rows.Count > 0 || method.GetParameters().Length == 0
        from arguments in rows.Count > 0 ? rows : [[]]
        where arguments.Length == method.GetParameters().Length
        select (method, arguments);
}

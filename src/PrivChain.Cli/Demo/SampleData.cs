namespace PrivChain.Cli.Demo;

/// <summary>People who do not exist, in Chinese and English. Some fields are there for some of them only, so that presence can be seen to tell nothing.</summary>
internal static class SampleData
{
    public const int Lin = 0;
    public const int Zhang = 1;
    public const int Okafor = 2;
    public const int Chen = 3;
    public const int Martins = 4;

    public static IReadOnlyList<string> Citizens { get; } = ["林晓月 Lin Xiaoyue", "张伟 Zhang Wei", "Amina Okafor", "陈国强 Chen Guoqiang", "Sofia Martins"];

    public static IReadOnlyList<SampleRecord> Records { get; } =
    [
        new(Lin, "identity-card/1", """
            {"familyName":"Lin","givenName":"Xiaoyue","fullNameZh":"林晓月","idNumber":"320102198903074528","birthDate":"1989-03-07","sex":"female","nationality":"CN",
             "address":"金陵市玄武区梧桐里17号602室","issuingAuthority":"金陵市公安局玄武分局","validUntil":"2038-05-19"}
            """),
        new(Lin, "property-certificate/1", """
            {"certificateNumber":"苏(2017)金陵市不动产权第0031847号","address":"金陵市秦淮区文思巷9号201室","areaSquareMetres":88.46,"ownershipShare":1,
             "purchaseYear":2017,"assessedValue":3184500,"mortgaged":false}
            """),
        new(Lin, "income-statement/1", """
            {"employer":"金陵青松软件有限公司","position":"高级工程师","monthly":23750.5,"annual":301208.75,"currency":"CNY","taxYear":2025,"from":"2025-01-01","until":"2025-12-31"}
            """),
        new(Lin, "patient-summary/1", """
            {"patientId":"MRN-7714-20931","familyName":"Lin","givenName":"Xiaoyue","birthDate":"1989-03-07","gender":"female","city":"Jinling",
             "conditions":["Acute bronchitis (disorder)","季节性过敏性鼻炎 (seasonal rhinitis)"],"activeConditions":["Acute bronchitis (disorder)"],
             "allergies":["Allergy to penicillin G"],"medications":["Azithromycin 250 MG Oral Tablet"],"immunizations":["Influenza 2025 trivalent"],
             "procedures":["Chest X-ray, two views"],"lastEncounter":"2026-02-14","encounterCount":13}
            """),
        new(Zhang, "identity-card/1", """
            {"familyName":"Zhang","givenName":"Wei","fullNameZh":"张伟","idNumber":"320106199512300017","birthDate":"1995-12-30","sex":"male","nationality":"CN",
             "address":"金陵市鼓楼区汉中新村4幢1103室","issuingAuthority":"金陵市公安局鼓楼分局"}
            """),
        new(Zhang, "property-certificate/1", """
            {"certificateNumber":"苏(2021)金陵市不动产权第0107326号","address":"金陵市栖霞区仙林湖路66号","areaSquareMetres":61.2,"ownershipShare":0.5,"mortgaged":true}
            """),
        new(Zhang, "income-statement/1", """
            {"employer":"Yangtze Delta Logistics Co.","monthly":8940,"annual":107280,"currency":"CNY","taxYear":2025}
            """),
        new(Okafor, "identity-card/1", """
            {"familyName":"Okafor","givenName":"Amina Chidinma","idNumber":"93201019780411266X","birthDate":"1978-04-11","sex":"female","nationality":"NG",
             "address":"Flat 3B, 28 Riverside Garden, Jianye, Jinling","issuingAuthority":"Jinling Exit-Entry Office","validUntil":"2031-09-01"}
            """),
        new(Okafor, "income-statement/1", """
            {"employer":"Harbour Bridge Consulting","position":"Principal","monthly":51300,"annual":640900,"currency":"CNY","taxYear":2025}
            """),
        new(Okafor, "patient-summary/1", """
            {"patientId":"MRN-3350-88142","familyName":"Okafor","givenName":"Amina Chidinma","birthDate":"1978-04-11","gender":"female",
             "conditions":["Essential hypertension, stage 1"],"activeConditions":["Essential hypertension, stage 1"],"allergies":[],
             "medications":["Amlodipine 5 MG Oral Tablet"],"immunizations":[],"procedures":[],"encounterCount":4}
            """),
        new(Chen, "identity-card/1", """
            {"familyName":"Chen","givenName":"Guoqiang","fullNameZh":"陈国强","idNumber":"320124195808195031","birthDate":"1958-08-19","sex":"male","nationality":"CN",
             "address":"金陵市六合区竹镇枣林村23号","issuingAuthority":"金陵市公安局六合分局","validUntil":"2099-12-31"}
            """),
        new(Chen, "income-statement/1", """
            {"employer":"枣林村生态农场","monthly":4260,"annual":51120,"currency":"CNY","taxYear":2025}
            """),
        new(Chen, "credit-application/1", """
            {"checkingAccount":"A12","durationMonths":27,"creditHistory":"A32","purpose":"A43","creditAmount":6187,"savings":"A63","employmentSince":"A75","installmentRate":2,
             "statusAndSex":"A93","otherDebtors":"A101","residenceSince":4,"property":"A121","age":67,"otherInstallmentPlans":"A143","housing":"A152",
             "existingCredits":1,"job":"A172","dependants":2,"telephone":"A191","foreignWorker":"A202"}
            """),
        new(Martins, "identity-card/1", """
            {"familyName":"Martins","givenName":"Sofia Luísa","idNumber":"932010200001052749","birthDate":"2000-01-05","sex":"female","nationality":"PT",
             "address":"71 Scholars' Row, Xianlin, Jinling","issuingAuthority":"Jinling Exit-Entry Office"}
            """),
        new(Martins, "income-statement/1", """
            {"employer":"Purple Mountain Observatory","position":"Doctoral researcher","monthly":7125,"annual":85500,"currency":"CNY","taxYear":2025}
            """),
    ];
}

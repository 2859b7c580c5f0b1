using Microsoft.AspNetCore.Components.WebAssembly.Hosting;
using Microsoft.Extensions.DependencyInjection;
using PrivChain.App;
using PrivChain.App.Browser;
using PrivChain.App.Language;
using PrivChain.App.Wallets;

[assembly: System.Runtime.Versioning.SupportedOSPlatform("browser")]

var builder = WebAssemblyHostBuilder.CreateDefault(args);
builder.RootComponents.Add<App>("#app");
builder.Services.AddSingleton(TimeProvider.System);
builder.Services.AddSingleton<Words>();
builder.Services.AddSingleton<Session>();
builder.Services.AddSingleton<IOutboxRoute, OutboxRoute>();
builder.Services.AddSingleton<Outbox>();
builder.Services.AddSingleton<CitizenData>();
builder.Services.AddSingleton<RegulatorLedger>();
builder.Services.AddSingleton<LedgerCheck>();
builder.Services.AddSingleton<RegulatorSession>();
builder.Services.AddSingleton<InstitutionSession>();
await Page.LoadAsync();
var host = builder.Build();
host.Services.GetRequiredService<Words>().Start();
await host.RunAsync();

// The reference page in a browser, before the real server: every endpoint of its document stands there and can be found.
using System.Text.Json.Nodes;
using Majlis.tests.Server.Pages;
using Majlis.tests.Support;
using Xunit;

namespace Majlis.tests.Server.Reference;

public sealed class ReferencePageTests(ChatServer shared) : IClassFixture<ChatServer>
{
    [Fact]
    public async Task Every_endpoint_is_shown_with_its_roles_and_its_replys_fields()
    {
        var document = await RunningServer.JsonAsync(
            await shared.Running.Http.GetAsync(new Uri("/openapi.json", UriKind.Relative), TestContext.Current.CancellationToken));
        var count = document["paths"]!.AsObject().Sum(path => path.Value!.AsObject().Count);
        await using var browser = await Browser.StartAsync("en");
        await browser.GoAsync(new Uri(shared.Running.Address, "/reference"));
        await browser.SeesAsync($"at('endpoints').children.length === {count}");
        await browser.TypeAsync("#find", "post /v1/fine_tuning/jobs/{id}/p");
        await browser.SeesAsync("all('.endpoint').filter(one => !one.hidden).length === 1");
        await browser.SeesAsync("texts('.endpoint:not([hidden]) code').includes('fine_tuned_model')");
        await browser.SeesAsync("texts('.endpoint:not([hidden]) .roles')[0].includes('inference')");
    }
}

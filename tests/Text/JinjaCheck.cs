// Compares one rendering with a golden case that holds either `expected` or `error` and `message`.
using System.Text.Json.Nodes;
using Majlis.Text.Jinja;

namespace Majlis.tests.Text;

static class JinjaCheck
{
    /// <summary>The clock of the goldens: 2025-07-10T12:00:00.</summary>
    public static DateTimeOffset Noon { get; } = new(2025, 7, 10, 12, 0, 0, TimeSpan.Zero);

    /// <summary>What is wrong, or null.</summary>
    public static string? Mismatch(JsonNode golden, Func<string> render)
    {
        string actual;
        try
        {
            actual = render();
        }
        catch (JinjaException error)
        {
            if (golden["error"] is null) return $"failed with {error.Kind}: {error.Message}";
            if ((string?)golden["error"] != "TemplateError") return null;
            return error is TemplateRefusedException && error.Message == (string?)golden["message"] ? null
                : $"refused with: {error.Message}";
        }
        if (golden["error"] is { } expectedError) return $"gave {PrintableText(actual)}, expected {expectedError}: {golden["message"]}";
        return actual == (string?)golden["expected"] ? null
            : $"gave     {PrintableText(actual)}\n  expected {PrintableText((string)golden["expected"]!)}";
    }

    static string PrintableText(string text) => JsonValue.Create(text).ToJsonString();
}

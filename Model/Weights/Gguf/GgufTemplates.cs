// The chat templates and the special tokens' texts in a GGUF file's keys. Knows nothing of Jinja.
using Majlis.Text.Chat;

namespace Majlis.Model.Weights.Gguf;

static class GgufTemplates
{
    /// <summary>The templates of a GGUF file: tokenizer.chat_template and the named ones beside it.</summary>
    public static ChatTemplate? Read(GgufFile file)
    {
        var sources = Sources(file);
        return sources.Count == 0 ? null : TemplateFiles.Parse(sources, SpecialTokens(file), file.Path);
    }

    /// <summary>The templates in a GGUF file by name; the one without a name is "default".</summary>
    public static Dictionary<string, string> Sources(GgufFile file)
    {
        const string key = "tokenizer.chat_template";
        var sources = file.Keys.Where(name => name.StartsWith(key + ".", StringComparison.Ordinal))
            .ToDictionary(name => name[(key.Length + 1)..], name => file.Text(name)!);
        if (file.Text(key) is { } main) sources["default"] = main;
        return sources;
    }

    public static SpecialTokens SpecialTokens(GgufFile file)
    {
        var texts = file.Texts("tokenizer.ggml.tokens") ?? [];
        string? Of(string name) => file.Integer($"tokenizer.ggml.{name}_token_id") is { } id && id >= 0 && id < texts.Length ? texts[id]
            : null;
        return new SpecialTokens(Of("bos"), Of("eos"), Of("unknown"), Of("padding"));
    }
}

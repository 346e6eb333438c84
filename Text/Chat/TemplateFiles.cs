// Where a checkpoint keeps its chat template and the texts of its special tokens. Knows nothing of Jinja or of token ids.
using System.Text.Json;
using Majlis.Text.Jinja;

namespace Majlis.Text.Chat;

public static class TemplateFiles
{
    public const string TokenizerConfig = "tokenizer_config.json";
    public const string SpecialTokensMap = "special_tokens_map.json";
    public const string Template = "chat_template.jinja";
    public const string OldTemplate = "chat_template.json";
    public const string MoreTemplates = "additional_chat_templates";

    /// <summary>The template of a folder: chat_template.jinja (with additional_chat_templates/), else chat_template.json, else
    /// tokenizer_config.json's.</summary>
    /// <exception cref="ModelFormatException">The template cannot be parsed.</exception>
    public static ChatTemplate? Read(string folder)
    {
        var sources = Sources(folder);
        return sources.Count == 0 ? null : Parse(sources, SpecialTokens(folder), folder);
    }

    /// <summary>The text of a folder's main template; null where it has none.</summary>
    public static string? Source(string folder) => Sources(folder).GetValueOrDefault("default");

    /// <summary>The texts of bos, eos, unk and pad, from tokenizer_config.json or special_tokens_map.json.</summary>
    public static SpecialTokens SpecialTokens(string folder)
    {
        using var config = ReadIfThere(Path.Combine(folder, TokenizerConfig));
        using var map = ReadIfThere(Path.Combine(folder, SpecialTokensMap));
        string? Of(string name) => Token(config, name) ?? Token(map, name);
        return new SpecialTokens(Of("bos_token"), Of("eos_token"), Of("unk_token"), Of("pad_token"));
    }

    static Dictionary<string, string> Sources(string folder)
    {
        var sources = new Dictionary<string, string>(StringComparer.Ordinal);
        var jinja = Path.Combine(folder, Template);
        if (File.Exists(jinja))
        {
            sources["default"] = File.ReadAllText(jinja);
            var more = Path.Combine(folder, MoreTemplates);
            if (!Directory.Exists(more)) return sources;
            foreach (var path in Directory.EnumerateFiles(more, "*.jinja"))
                sources[Path.GetFileNameWithoutExtension(path)] = File.ReadAllText(path);
            return sources;
        }
        var old = Path.Combine(folder, OldTemplate);
        var place = File.Exists(old) ? old : Path.Combine(folder, TokenizerConfig);
        using var document = ReadIfThere(place);
        if (document is not null && document.RootElement.TryGetProperty("chat_template", out var template))
            Collect(template, sources, place);
        return sources;
    }

    /// <summary>One text, or a list of {name, template}.</summary>
    static void Collect(JsonElement template, Dictionary<string, string> sources, string place)
    {
        if (template.ValueKind == JsonValueKind.Null) return;
        if (template.ValueKind == JsonValueKind.String)
        {
            sources["default"] = template.GetString()!;
            return;
        }
        if (template.ValueKind != JsonValueKind.Array)
            throw new ModelFormatException($"{place}: 'chat_template' is neither a text nor a list.");
        foreach (var entry in template.EnumerateArray())
        {
            if (entry.ValueKind != JsonValueKind.Object || Text(entry, "name") is not { } name || Text(entry, "template") is not { } source)
                throw new ModelFormatException($"{place}: an entry of 'chat_template' lacks 'name' or 'template'.");
            sources[name] = source;
        }
    }

    /// <summary>Templates by name; <paramref name="place"/> names their file in messages.</summary>
    /// <exception cref="ModelFormatException">One cannot be parsed.</exception>
    public static ChatTemplate Parse(Dictionary<string, string> sources, SpecialTokens tokens, string place)
    {
        try
        {
            return ChatTemplate.Parse(sources, tokens);
        }
        catch (JinjaException error)
        {
            throw new ModelFormatException($"{place}: the chat template cannot be used: {error.Message} (line {error.Line}).", error);
        }
    }

    /// <summary>A token is a text, or an object whose 'content' is one.</summary>
    static string? Token(JsonDocument? document, string name)
    {
        if (document is null || !document.RootElement.TryGetProperty(name, out var value)) return null;
        return value.ValueKind switch
        {
            JsonValueKind.String => value.GetString(),
            JsonValueKind.Object => Text(value, "content"),
            _ => null,
        };
    }

    static string? Text(JsonElement of, string name) => of.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
        ? value.GetString() : null;

    static JsonDocument? ReadIfThere(string path)
    {
        if (!File.Exists(path)) return null;
        var document = ModelJson.Read(path);
        return document.RootElement.ValueKind == JsonValueKind.Object ? document
            : throw new ModelFormatException($"{path}: expected a JSON object.");
    }
}

// Reads tokenizer_source and tokenizer of a recipe. Strict as the rest; knows no models.

namespace Majlis.Merge.Recipes;

static class TokenizerReader
{
    /// <summary>Null where the recipe has neither: vocabularies must then be the same.</summary>
    public static TokenizerRecipe? Read(RecipeNode root)
    {
        var source = root.Text("tokenizer_source");
        if (root.Child("tokenizer") is not { } tokenizer)
            return source is null ? null : new TokenizerRecipe(source, []);
        if (source is not null) throw tokenizer.Error("tokenizer_source and tokenizer exclude each other; keep tokenizer with a source");
        tokenizer.RefuseOtherKeys(["source", "tokens", "pad_to_multiple_of"]);
        var tokens = tokenizer.Child("tokens");
        var multiple = tokenizer.Child("pad_to_multiple_of")?.Number() ?? 1;
        if (multiple != Math.Floor(multiple) || multiple is < 1 or > 1_000_000)
            throw tokenizer.Error($"pad_to_multiple_of {multiple} is not a whole number from 1 on");
        return new TokenizerRecipe(tokenizer.Text("source") ?? TokenizerRecipe.Union,
            tokens is null ? [] : new(tokens.Keys.Select(token => KeyValuePair.Create(token, ReadRule(token, tokens.Child(token)!)))),
            (int)multiple);
    }

    /// <summary>The text of a chat template, auto, or null.</summary>
    public static string? ReadTemplate(RecipeNode root) => root.Text("chat_template") switch
    {
        null => null,
        "auto" => "auto",
        var text when text.Contains('{', StringComparison.Ordinal) => text,
        var name => throw root.Child("chat_template")!.Error(
            $"chat_template '{name}' is neither auto nor a template in Jinja; named ones are not known here"),
    };

    static TokenRule ReadRule(string token, RecipeNode rule)
    {
        rule.RefuseOtherKeys(["source", "force"]);
        var force = rule.Child("force")?.Flag() ?? false;
        if (rule.Child("source") is not { } source)
            throw rule.Error($"'{token}' needs a source: a model, or kind: zero, or kind: model_token with model and token or token_id");
        if (!source.IsMapping) return new TokenRule(rule.Text("source"), null, null, force);
        if (source.Text("kind") is "zero")
        {
            source.RefuseOtherKeys(["kind"]);
            return new TokenRule(null, null, null, force);
        }
        source.RefuseOtherKeys(["kind", "model", "token", "token_id"]);
        var id = source.Child("token_id")?.Number();
        if (source.Text("kind") is not "model_token" || source.Text("model") is not { } model || id is null == source.Text("token") is null)
            throw source.Error($"the source of '{token}' is a model, or kind: zero, or kind: model_token with model and token or token_id");
        if (id is { } number && (number != Math.Floor(number) || number is < 0 or > int.MaxValue))
            throw source.Error($"token_id {number} is not a whole number from 0 on");
        return new TokenRule(model, source.Text("token"), (int?)id, force);
    }
}

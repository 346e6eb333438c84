// The two languages and the two sides of the data. Data only.
namespace Majlis.recipes.starter;

public enum Language
{
    English,
    Arabic,
}

/// <summary>What may be trained on, and what is kept for scoring: other wordings, other names, other documents.</summary>
public enum Split
{
    Training,
    HeldOut,

    /// <summary>Further wordings to train on, which the starter itself never had: for rows beside votes.</summary>
    Replay,
}

public static class Names
{
    public static Language[] Languages { get; } = [Language.English, Language.Arabic];

    /// <summary>ISO 639-1, as in the data files' names.</summary>
    public static string Code(this Language language) => language == Language.English ? "en" : "ar";

    public static string Folder(this Split split) => split switch
    {
        Split.Training => "training",
        Split.HeldOut => "held-out",
        _ => "replay",
    };
}

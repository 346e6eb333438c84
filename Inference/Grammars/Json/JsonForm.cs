// How many spellings a value has. Knows no schema.
namespace Majlis.Inference.Grammars.Json;

enum JsonForm
{
    /// <summary>As many as JSON has.</summary>
    Free,

    /// <summary>
    /// One, but for white space and for the order of an object's further properties; such an object can always go on with one more, and so
    /// differ from any other.
    /// </summary>
    Compared,

    /// <summary>One, but for white space: what it is part of may have no way to differ once it is written.</summary>
    Within,
}

static class JsonForms
{
    /// <summary>The form of what is in a value that cannot go on at will.</summary>
    public static JsonForm Within(this JsonForm form) => form == JsonForm.Free ? JsonForm.Free : JsonForm.Within;
}

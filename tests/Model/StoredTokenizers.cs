// Where each golden tokenizer's definition lies, and how it is opened. Skips the test when the definition is not here.
using System.IO.Compression;
using Majlis.Model.Tokenizers;
using Majlis.tests.Support;

namespace Majlis.tests.Model;

static class StoredTokenizers
{
    public static TextTokenizer Open(string name)
    {
        if (name == "command-r") return Packed(Shared.Data("data", "command-r-tokenizer", "tokenizer.json.gz"));
        var plain = Shared.Golden("text", "tokenizers", $"{name}.json");
        return File.Exists(plain) ? TextTokenizer.FromJson(plain) : Packed(plain + ".gz");
    }

    static TextTokenizer Packed(string path)
    {
        using var packed = new GZipStream(File.OpenRead(Shared.Require(path)), CompressionMode.Decompress);
        using var json = new MemoryStream();
        packed.CopyTo(json);
        return TextTokenizer.ParseJson(json.ToArray(), path);
    }
}

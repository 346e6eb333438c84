// The reference rules of the house: which room may know which library, and which room knows which room.
using System.Xml.Linq;
using Majlis.tests.Support;
using Xunit;

namespace Majlis.tests;

public sealed class HouseRules
{
    static readonly Dictionary<string, string[]> rooms = new()
    {
        ["Model"] = [],
        ["Torch"] = ["Model"],
        ["Inference"] = ["Model"],
        ["Merge"] = ["Model"],
        ["Evaluation"] = ["Inference"],
        ["Rag"] = [],
        ["Feedback"] = [],
        ["Server"] = ["Feedback", "Inference", "Rag", "Torch"],
        ["Trainer"] = ["Evaluation", "Feedback", "Merge", "Torch"],
    };

    public static TheoryData<string, string> Libraries => new()
    {
        { "TorchSharp", "Torch" },
        { "StackExchange.Redis", "Feedback" },
        { "Microsoft.Garnet", "Feedback" },
        { "Microsoft.SemanticKernel.Core", "Rag" },
        { "Lucene.Net", "Rag" },
        { "Microsoft.ML.Tokenizers", "Model" },
    };

    [Fact]
    public void Each_room_references_only_the_rooms_it_may_know()
    {
        foreach (var (room, known) in rooms)
            Assert.Equal(known, References(room, "ProjectReference").Select(path => Path.GetFileNameWithoutExtension(path)!).Order());
    }

    [Theory, MemberData(nameof(Libraries))]
    public void A_library_is_known_by_one_room_only(string library, string owner)
    {
        var users = rooms.Keys.Where(room => References(room, "PackageReference").Contains(library));
        Assert.Equal([owner], users);
    }

    [Fact]
    public void Only_the_server_is_a_web_project()
    {
        var web = rooms.Keys.Where(room => Project(room).Attribute("Sdk")!.Value == "Microsoft.NET.Sdk.Web");
        Assert.Equal(["Server"], web);
        Assert.All(rooms.Keys.Where(room => room != "Server"), room => Assert.Empty(References(room, "FrameworkReference")));
    }

    /// <summary>References are transitive for the compiler, so what hosts may see is held by reading their sources.</summary>
    [Theory]
    [InlineData("TorchSharp", "Torch", "Trainer")]
    [InlineData("StackExchange.Redis", "Feedback")]
    [InlineData("Microsoft.SemanticKernel", "Rag")]
    [InlineData("Microsoft.AspNetCore", "Server")]
    public void Sources_name_a_library_only_where_it_lives(string library, params string[] owners)
    {
        var strangers = rooms.Keys.Except(owners)
            .SelectMany(room => Directory.EnumerateFiles(Path.Combine(Shared.Root, room), "*.cs", SearchOption.AllDirectories))
            .Where(file => File.ReadLines(file).Any(line => line.StartsWith($"using {library}", StringComparison.Ordinal)
                || line.StartsWith($"using static {library}", StringComparison.Ordinal)));
        Assert.Empty(strangers);
    }

    static IEnumerable<string> References(string room, string kind) => Project(room).Descendants(kind).Select(item => item.Attribute("Include")!.Value);

    static XElement Project(string room) => XElement.Load(Path.Combine(Shared.Root, room, $"{room}.csproj"));
}

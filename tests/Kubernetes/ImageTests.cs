// What the images are built from goes along: no room that a host refers to is left out of the build's context.
using System.Xml.Linq;
using Majlis.tests.Support;
using Xunit;

namespace Majlis.tests.Kubernetes;

public sealed class ImageTests
{
    [Fact]
    public void No_room_that_a_host_needs_is_kept_from_the_build()
    {
        var ignored = File.ReadAllLines(Path.Combine(Shared.Root, ".dockerignore"));
        var needed = Rooms("Server").Concat(Rooms("Trainer")).ToHashSet();
        Assert.Superset(new HashSet<string> { "Server", "Trainer", "Torch", "Feedback" }, needed);
        Assert.Empty(needed.Intersect(ignored));
    }

    /// <summary>A room and all that it refers to.</summary>
    static IEnumerable<string> Rooms(string room) =>
        XElement.Load(Path.Combine(Shared.Root, room, $"{room}.csproj")).Descendants("ProjectReference")
            .SelectMany(reference => Rooms(Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value))).Prepend(room);
}

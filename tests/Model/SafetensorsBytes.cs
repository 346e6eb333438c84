// Weight files made of a header as text and bytes, right or wrong, and the stored bytes of a tensor. Knows no test.
using System.Text;
using Majlis.Model;
using Majlis.Model.Weights;
using Majlis.tests.Support;

namespace Majlis.tests.Model;

static class SafetensorsBytes
{
    public static byte[] Of(IWeightSource source, TensorInfo tensor) =>
        source.Raw(tensor.Name, 0, (int)TensorLayout.Bytes(tensor.Type, tensor.Elements)).ToArray();

    public static SafetensorsFile Open(TemporaryFolder folder, string header, byte[] data) =>
        SafetensorsFile.Open(Write(folder, "file", header, data));

    /// <summary>The file's path.</summary>
    public static string Write(TemporaryFolder folder, string name, string header, byte[] data)
    {
        var json = Encoding.UTF8.GetBytes(header);
        return folder.Write(name, [.. BitConverter.GetBytes((long)json.Length), .. json, .. data]);
    }
}

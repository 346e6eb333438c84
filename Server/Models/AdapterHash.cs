// The hash of weights with an adapter on them. Reads the adapter's files.
using System.Security.Cryptography;
using System.Text;
using Majlis.Model.Adapters;
using Majlis.Model.Hashes;

namespace Majlis.Server.Models;

static class AdapterHash
{
    /// <param name="weights">The hash of the weights.</param>
    /// <param name="folder">In peft's format.</param>
    public static string Of(string weights, string folder)
    {
        var files = FileHash.OfAll(new[] { AdapterConfig.FileName, LowRankAdapter.FileName }.Select(file => Path.Combine(folder, file)));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{weights}+{files}")));
    }
}

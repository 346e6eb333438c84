// Whether a body's Content-Encoding is one that is read here, and whether its bytes keep to it. ASP.NET decompresses them.
// Knows no body's form.
namespace Majlis.Server.Wire;

static class BodyCoding
{
    /// <summary>Whether the body can be read; else the reason is in <paramref name="problem"/>.</summary>
    public static bool IsKnown(HttpRequest request, Problem problem)
    {
        // What the server can decompress comes without this header.
        if (request.Headers.ContentEncoding.ToString() is not { Length: > 0 } coding
            || coding.Equals("identity", StringComparison.OrdinalIgnoreCase)) return true;
        problem.Add(ApiError.WrongCoding(coding));
        return false;
    }

    /// <summary>Whether reading failed for bytes that no compressor wrote: Brotli's reader has another exception than the others.</summary>
    public static bool IsBroken(Exception failure) => failure is InvalidDataException or InvalidOperationException;
}

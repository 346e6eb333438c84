// From a request's body to what an endpoint makes of it, prepared where its size belongs. Knows no field.
using System.Text.Json;

namespace Majlis.Server.Wire;

sealed class RequestReader(PreparationQueue preparation)
{
    /// <summary>What <paramref name="make"/> makes of the body, or null with the reason in <paramref name="problem"/>.</summary>
    public async Task<T?> ReadAsync<T>(HttpRequest request, Problem problem, Func<JsonElement, T?> make) where T : class
    {
        var bytes = await RequestBody.ReadAsync(request, problem);
        return problem.First is not null ? null
            : await preparation.RunAsync(bytes.Length, () => Make(bytes, problem, make), request.HttpContext.RequestAborted);
    }

    static T? Make<T>(ReadOnlyMemory<byte> bytes, Problem problem, Func<JsonElement, T?> make) where T : class
    {
        using var body = RequestBody.Parse(bytes, problem);
        return body is null ? null : make(body.RootElement);
    }
}

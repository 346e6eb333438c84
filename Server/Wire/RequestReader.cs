// Reads a request's body and converts it for an endpoint; large bodies go through the PreparationQueue. What needs the model waits where
// one version ends before another is loaded. Knows no field.
using System.Text.Json;
using Majlis.Inference;

namespace Majlis.Server.Wire;

sealed class RequestReader(PreparationQueue preparation, LiveModel live)
{
    /// <summary>The body converted by <paramref name="make"/>, or null with the reason in <paramref name="problem"/>.</summary>
    public async Task<T?> ReadAsync<T>(HttpRequest request, Problem problem, Func<JsonElement, T?> make) where T : class
    {
        var bytes = await RequestBody.ReadAsync(request, problem);
        return problem.First is not null ? null
            : await preparation.RunAsync(bytes.Length, () => Make(bytes, problem, make), request.HttpContext.RequestAborted);
    }

    /// <summary>The same where <paramref name="make"/> leases the model.</summary>
    public async Task<T?> ReadForModelAsync<T>(HttpRequest request, Problem problem, Func<JsonElement, T?> make) where T : class
    {
        var bytes = await RequestBody.ReadAsync(request, problem);
        return problem.First is not null ? null
            : await PrepareAsync(bytes.Length, () => Make(bytes, problem, make), request.HttpContext.RequestAborted);
    }

    /// <summary>Runs what leases the model for a request of this size.</summary>
    public async Task<T> PrepareAsync<T>(long size, Func<T> work, CancellationToken gone)
    {
        using var entered = await live.EnterAsync(gone);
        return await preparation.RunAsync(size, work, gone);
    }

    static T? Make<T>(ReadOnlyMemory<byte> bytes, Problem problem, Func<JsonElement, T?> make) where T : class
    {
        using var body = RequestBody.Parse(bytes, problem);
        return body is null ? null : make(body.RootElement);
    }
}

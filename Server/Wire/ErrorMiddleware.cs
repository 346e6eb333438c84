// Wraps every request: gives it an id, answers unknown paths and methods in JSON, explains failures. Knows no endpoint.
using Majlis.Server.Operations;

namespace Majlis.Server.Wire;

static class ErrorMiddleware
{
    public static void UseErrorReplies(this WebApplication app)
    {
        var ids = app.Services.GetRequiredService<IdSource>();
        var failures = app.Services.GetRequiredService<Failures>();
        app.Use(async (http, next) =>
        {
            http.Response.Headers["x-request-id"] = ids.Next("req_");
            await AnswerAsync(http, next, failures);
        });
    }

    static async Task AnswerAsync(HttpContext http, RequestDelegate next, Failures failures)
    {
        try
        {
            await next(http);
            if (http.Response.HasStarted) return;
            var (method, path) = (http.Request.Method, http.Request.Path.Value ?? "");
            if (http.Response.StatusCode == StatusCodes.Status404NotFound && http.GetEndpoint() is null)
                await ErrorReply.WriteAsync(http, ApiError.UnknownUrl(method, path));
            else if (http.Response.StatusCode == StatusCodes.Status405MethodNotAllowed)
                await ErrorReply.WriteAsync(http, ApiError.WrongMethod(method, path));
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // The client is gone, so nothing is answered.
        }
        catch (Exception failure) when (!http.Response.HasStarted)
        {
            await ErrorReply.WriteAsync(http, failures.Explain(failure));
        }
        catch (Exception failure)
        {
            RequestRecord.Of(http).IsBroken = true;
            if (failure is not BrokenReplyException) failures.Explain(failure);
            // In HTTP/1.0 a reply ends with its connection; only a reset shows that it was cut off.
            if (HttpProtocol.IsHttp10(http.Request.Protocol)) http.Abort();
            // Kestrel sends what is written and closes without the last chunk; HTTP/2 streams are reset.
            else throw;
        }
    }
}

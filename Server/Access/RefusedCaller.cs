// Why a caller is not recognised: a feature of the request, on its way from authentication to the guard's reply.
using Majlis.Server.Wire;
using Microsoft.AspNetCore.Authentication;

namespace Majlis.Server.Access;

sealed record RefusedCaller(ApiError Error)
{
    /// <summary>The caller stays unknown; open endpoints serve him all the same.</summary>
    public static AuthenticateResult Refuse(HttpContext http, ApiError error)
    {
        http.Features.Set(new RefusedCaller(error));
        return AuthenticateResult.Fail(error.Message);
    }
}

// What an exception means to the client: the expected ones in their own words, the rest as 500 under an id that stands in the log.
using Majlis.Feedback.Store;
using Majlis.Inference;
using Majlis.Server.Operations;

namespace Majlis.Server.Wire;

sealed class Failures(IdSource ids, ILogger<Failures> log)
{
    public ApiError Explain(Exception failure)
    {
        switch (failure)
        {
            case EngineBusyException busy:
                return ApiError.Busy(busy.Message);
            case ReplyUnreadException unread:
                return ApiError.Unread(unread.Message);
            case EngineStoppedException:
                return ApiError.Draining();
            case RequestRefusedException refused:
                return ApiError.InvalidValue(refused.Problem.Field, refused.Message);
            case FeedbackUnavailableException away:
                return ApiError.NoFeedback(away.Message);
            case BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge }:
                return ApiError.TooLarge(RequestBody.Limit);
            case BadHttpRequestException bad:
                return ApiError.Rejected(bad.StatusCode, bad.Message);
            default:
                var id = ids.Next("err_");
                log.RequestFailed(id, failure);
                return ApiError.Internal(id);
        }
    }
}

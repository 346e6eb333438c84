// The API error for an exception: expected ones with their own message, all others as 500 with an id that is logged.
using Majlis.Feedback.Store;
using Majlis.Inference;
using Majlis.Model;
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
            case IOException full when DiskFull.Is(full):
                log.NoRoom(full.Message);
                return ApiError.NoRoom();
            default:
                var id = ids.Next("err_");
                log.RequestFailed(id, failure);
                return ApiError.Internal(id);
        }
    }
}

// Why a model could not be downloaded, in words for whoever asked for it.
namespace Majlis.Hub;

public sealed class HubException : Exception
{
    public HubException(string message) : base(message) { }

    public HubException(string message, Exception inner) : base(message, inner) { }
}

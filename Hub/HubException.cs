// Why a model could not be brought, in words for the person who asked for it.
namespace Majlis.Hub;

public sealed class HubException : Exception
{
    public HubException(string message) : base(message) { }

    public HubException(string message, Exception inner) : base(message, inner) { }
}

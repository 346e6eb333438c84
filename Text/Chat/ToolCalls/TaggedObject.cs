// The arguments of one call that a model writes between tags, passed on as the JSON object that they mean. Knows no tag.
namespace Majlis.Text.Chat.ToolCalls;

sealed class TaggedObject
{
    readonly CallSink sink;
    readonly string function;
    bool any;

    /// <summary>Begins the call of an offered tool.</summary>
    public TaggedObject(CallSink sink, string function)
    {
        (this.sink, this.function) = (sink, function);
        sink.Begin(function);
        sink.Arguments("{");
    }

    public void Add(string parameter, string value)
    {
        if (any) sink.Arguments(", ");
        any = true;
        sink.Arguments($"{TaggedValue.Quoted(parameter)}: {TaggedValue.Json(value, sink.IsPlainText(function, parameter))}");
    }

    public void End()
    {
        sink.Arguments("}");
        sink.End();
    }
}

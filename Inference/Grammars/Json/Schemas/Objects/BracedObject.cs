// An object as JSON writes it.
namespace Majlis.Inference.Grammars.Json.Schemas.Objects;

sealed class BracedObject(JsonTexts json, Func<IEnumerable<SchemaPart>, Node> valueOf) : ObjectForm(json, valueOf)
{
    public override Node Any => Json.AnyObject;

    public override Node Comma => Json.Comma;

    public override Node Names => Json.Names;

    public override Node Whole(Node members) => Json.Braces(members);

    public override Node Named(Node name) => Json.Property(name);

    public override Node Valued(Node value) => Table.Sequence(Json.Colon, value);

    public override Node Property(string name, IEnumerable<SchemaPart> parts) =>
        Table.Sequence(Json.Property(name), Json.Colon, ValueOf(parts));
}

// The catalogue's folder lies on a read-only volume, or this user may not write to it; the message says what helps.
namespace Majlis.Model.Catalog;

public sealed class ReadOnlyCatalogException(string folder, Exception cause) : IOException(
    $"{folder}: the catalogue cannot be written to from here ({cause.Message.TrimEnd('.')}). Mount it writable, let this user write to it, "
    + "or move the pointer where it is writable, as by the trainer's rollback.", cause);

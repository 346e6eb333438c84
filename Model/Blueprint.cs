namespace Majlis.Model;
public sealed record Blueprint;

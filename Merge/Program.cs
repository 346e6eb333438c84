// Merges models by a recipe, or extracts an adapter from two models: files in, files out.
using Majlis.Merge.Commands;

return await MergeCommand.Build().RunAsync(args);

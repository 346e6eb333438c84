namespace Majlis.Model;
public enum TensorType { F32 }

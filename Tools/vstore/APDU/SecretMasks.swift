/// The secrets of a script or a shell as they are now, for the trace that hides them.
final class SecretMasks {
    var secrets: [[UInt8]] = []
}

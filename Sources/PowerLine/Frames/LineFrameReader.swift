/// Finds frames in bytes as they come from a line, whatever garbage is between them. It never keeps more than one frame's
/// bytes.
public struct LineFrameReader: Sendable {
    private var content: [UInt8] = []
    private var isEscaped = false
    /// More bytes than a frame has came without a `7E`: nothing counts until the next.
    private var isOverlong = false
    /// How many stretches between two `7E` were no frame.
    public private(set) var rejected = 0

    public init() {}

    /// Takes bytes and gives the frames that they complete.
    public mutating func take(_ bytes: some Sequence<UInt8>) -> [LineFrame] {
        var frames: [LineFrame] = []
        for byte in bytes {
            if byte == LineEscape.flag {
                if let frame = finish() { frames.append(frame) }
            } else if isOverlong {
                continue
            } else if byte == LineEscape.escape, !isEscaped {
                isEscaped = true
            } else if content.count == LineFrame.most {
                isOverlong = true
            } else {
                content.append(isEscaped ? byte ^ LineEscape.change : byte)
                isEscaped = false
            }
        }
        return frames
    }

    /// At a `7E`: what came before it is a frame, nothing, or garbage.
    private mutating func finish() -> LineFrame? {
        defer {
            content.removeAll(keepingCapacity: true)
            (isEscaped, isOverlong) = (false, false)
        }
        guard !content.isEmpty || isOverlong else { return nil }
        guard !isEscaped, !isOverlong, let frame = LineFrame(content: content) else {
            rejected += 1
            return nil
        }
        return frame
    }
}

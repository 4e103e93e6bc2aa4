/// Finds frames in the bytes from a line, whatever garbage is between them. It never buffers more than one frame.
public struct LineFrameReader: Sendable {
    private var content: [UInt8] = []
    private var isEscaped = false
    /// More bytes than a frame can have arrived without a `7E`: everything up to the next one is ignored.
    private var isOverlong = false
    /// The number of byte sequences between two `7E` that were not a valid frame.
    public private(set) var rejected = 0

    public init() {}

    /// Feeds bytes, and returns the frames that they complete.
    public mutating func feed(_ bytes: some Sequence<UInt8>) -> [LineFrame] {
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

    /// At a `7E`: the bytes before it are a frame, nothing, or garbage.
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

/// Some rows of a result, whose columns are found by their position.
///
/// All values are in two pieces of memory, so that reading millions of rows costs no allocation for each. A connection
/// appends the columns of a row in their order.
public struct SQLRowBatch: Sendable {
    /// The type of a value.
    @usableFromInline enum Kind: UInt8, Sendable {
        case null, integer, text, blob
    }

    @usableFromInline struct Cell: Sendable {
        @usableFromInline let kind: Kind
        /// An integer's value; otherwise where its bytes begin.
        @usableFromInline let value: Int64
        @usableFromInline let count: Int

        @inlinable init(_ kind: Kind, _ value: Int64, _ count: Int) {
            (self.kind, self.value, self.count) = (kind, value, count)
        }
    }

    public let columnCount: Int
    @usableFromInline var cells: [Cell] = []
    /// Of all texts and blobs, one behind another.
    @usableFromInline private(set) package var bytes: [UInt8] = []

    /// - Parameters:
    ///   - columnCount: how many columns each row has.
    ///   - capacity: how many rows it is going to have.
    public init(columnCount: Int, capacity: Int) {
        self.columnCount = columnCount
        cells.reserveCapacity(capacity * columnCount)
        bytes.reserveCapacity(capacity * 160)
    }

    /// How many rows it has.
    public var count: Int { cells.count / columnCount }

    @inlinable public mutating func append(integer value: Int64) { cells.append(Cell(.integer, value, 0)) }

    @inlinable public mutating func appendNull() { cells.append(Cell(.null, 0, 0)) }

    /// Appends a text's UTF-8.
    @inlinable public mutating func append(text: UnsafeRawBufferPointer) {
        cells.append(Cell(.text, Int64(bytes.count), text.count))
        unsafe bytes.append(contentsOf: text)
    }

    @inlinable public mutating func append(blob: UnsafeRawBufferPointer) {
        cells.append(Cell(.blob, Int64(bytes.count), blob.count))
        unsafe bytes.append(contentsOf: blob)
    }

    /// Appends bytes that are no column's.
    ///
    /// - Returns: where they are in `bytes`.
    mutating func append(other: [UInt8]) -> Range<Int> {
        let start = bytes.count
        bytes += other
        return start..<bytes.count
    }

    /// An integer; nil for any other value.
    func integer(_ row: Int, _ column: Int) -> Int64? {
        let cell = cells[row * columnCount + column]
        return cell.kind == .integer ? cell.value : nil
    }

    /// Where a text is in `bytes`; nil for any other value.
    func text(_ row: Int, _ column: Int) -> Range<Int>? { range(row, column, .text) }

    /// Where a blob is in `bytes`; nil for any other value.
    func blob(_ row: Int, _ column: Int) -> Range<Int>? { range(row, column, .blob) }

    private func range(_ row: Int, _ column: Int, _ kind: Kind) -> Range<Int>? {
        let cell = cells[row * columnCount + column]
        guard cell.kind == kind else { return nil }
        return Int(cell.value)..<(Int(cell.value) + cell.count)
    }
}

internal import CPQ
internal import Records

/// The numbers of types in the server's catalogue (`pg_type.dat`).
enum PostgreSQLType {
    static let bytea: Oid = 17
    static let int8: Oid = 20
    static let int2: Oid = 21
    static let int4: Oid = 23
    static let text: Oid = 25
}

extension SQLValue {
    /// Of an argument; 0 leaves it to the server.
    var type: Oid {
        switch self {
        case .null: 0
        case .integer: PostgreSQLType.int8
        case .text: PostgreSQLType.text
        case .blob: PostgreSQLType.bytea
        }
    }

    /// Appends the binary format; nothing for NULL.
    func append(to bytes: inout [UInt8]) {
        switch self {
        case .null: break
        case .integer(let integer):
            unsafe withUnsafeBytes(of: integer.bigEndian) { unsafe bytes.append(contentsOf: $0) }
        case .text(let text): bytes.append(contentsOf: text.utf8)
        case .blob(let blob): bytes.append(contentsOf: blob)
        }
    }

    /// A column in the binary format.
    init(_ bytes: UnsafeRawBufferPointer, _ type: Oid) {
        switch type {
        case PostgreSQLType.int2, PostgreSQLType.int4, PostgreSQLType.int8:
            self = .integer(unsafe Int64(signed: bytes))
        case PostgreSQLType.bytea: self = .blob(unsafe Array(bytes))
        default: self = .text(unsafe String(decoding: bytes, as: UTF8.self))
        }
    }
}

extension Int64 {
    /// An integer of up to eight bytes, most significant first.
    init(signed bytes: UnsafeRawBufferPointer) {
        let bits = unsafe bytes.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        let unused = 64 - 8 * bytes.count
        self = Int64(bitPattern: bits << unused) >> unused
    }
}

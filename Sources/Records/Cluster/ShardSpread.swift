/// Which servers have which shards: a configuration that every host of the records shares.
///
/// Text with a line for each server: its number, its shards and the address of its database. `#` begins a comment.
///
/// ```
/// # number  shards    address
/// 0         0-63      postgresql://db0.example/utility
/// 1         64-127    postgresql://db1.example/utility
/// 2         128-255   postgresql://db2.example/utility
/// ```
///
/// A server keeps its number and its shards: each database remembers them, and is not opened with others.
public struct ShardSpread: Sendable, Hashable {
    /// One server.
    public struct Server: Sendable, Hashable {
        /// 0 to 126; a number is never given to another server.
        public let number: UInt8
        public let shards: Set<Shard>
        /// How to connect to it.
        public let address: String

        public init(number: UInt8, shards: Set<Shard>, address: String) {
            self.number = number
            self.shards = shards
            self.address = address
        }

        /// The shards as ranges: `0-63,200`.
        public var ranges: String {
            var ranges: [ClosedRange<UInt8>] = []
            for number in shards.map(\.rawValue).sorted() {
                if let last = ranges.last, last.upperBound + 1 == number {
                    ranges[ranges.count - 1] = last.lowerBound...number
                } else {
                    ranges.append(number...number)
                }
            }
            return ranges.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }
                .joined(separator: ",")
        }
    }

    /// By number.
    public let servers: [Server]

    static let maxNumber: UInt8 = 126

    /// Servers that together have every shard once.
    ///
    /// - Throws: `HostError` `.spreadInvalid`, which names what is wrong.
    public init(_ servers: [Server]) throws(HostError) {
        self.servers = servers.sorted { $0.number < $1.number }
        for server in servers where server.number > Self.maxNumber {
            throw HostError(.spreadInvalid, "server \(server.number): the highest number is \(Self.maxNumber)")
        }
        for (server, next) in zip(self.servers, self.servers.dropFirst()) where server.number == next.number {
            throw HostError(.spreadInvalid, "server \(server.number) twice")
        }
        for shard in Shard.all.sorted() {
            let owners = self.servers.filter { $0.shards.contains(shard) }
            guard owners.count != 1 else { continue }
            throw HostError(
                .spreadInvalid,
                owners.isEmpty
                    ? "shard \(shard) has no server"
                    : "shard \(shard) has the servers \(owners.map { "\($0.number)" }.joined(separator: " and "))")
        }
    }

    /// Reads the text form.
    ///
    /// - Parameters:
    ///   - text: of the file.
    ///   - path: of the file, for messages.
    /// - Throws: `HostError` `.spreadInvalid`, which names the line.
    public init(_ text: String, path: String) throws(HostError) {
        var servers: [Server] = []
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let fields = line.prefix { $0 != "#" }.split(maxSplits: 2, whereSeparator: \.isWhitespace)
            guard !fields.isEmpty else { continue }
            guard fields.count == 3, let number = UInt8(fields[0]), let shards = Self.shards(fields[1]) else {
                throw HostError(.spreadInvalid, "\(path), line \(index + 1): not “number shards address”")
            }
            let address = String(fields[2]).split(whereSeparator: \.isWhitespace).joined(separator: " ")
            servers.append(Server(number: number, shards: shards, address: address))
        }
        do throws(HostError) {
            try self.init(servers)
        } catch {
            throw HostError(.spreadInvalid, "\(path), \(error.subject)")
        }
    }

    /// Ranges as `Server.ranges` writes them; nil if the text is none.
    private static func shards(_ text: Substring) -> Set<Shard>? {
        var shards: Set<Shard> = []
        for range in text.split(separator: ",", omittingEmptySubsequences: false) {
            let ends = range.split(separator: "-", omittingEmptySubsequences: false).map { UInt8($0) }
            guard let first = ends.first ?? nil, let last = ends.last ?? nil, ends.count <= 2, first <= last else {
                return nil
            }
            shards.formUnion((first...last).map(Shard.init(rawValue:)))
        }
        return shards
    }
}

/// What one database of several is: its number among them and its shards.
public struct ClusterMembership: Sendable, Hashable {
    public let number: UInt8
    /// As ranges.
    public let shards: String

    public init(_ server: ShardSpread.Server) {
        number = server.number
        shards = server.ranges
    }

    /// The numbers of the writers of one server, of which there are 65,535, begin above those of the server before, so that what they count is unique
    /// in all.
    package static func firstWriter(of number: UInt8) -> UInt32 { UInt32(number) << 16 }
}

extension AuditMark {
    /// The number of the server that has the entry; 0 where one store has all records.
    package var server: UInt8 { UInt8(truncatingIfNeeded: writer >> 16) }
}

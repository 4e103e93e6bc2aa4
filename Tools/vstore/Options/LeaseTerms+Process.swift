import Records

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

extension LeaseTerms {
    /// Of a command: each contact takes the lease of its element's shard, waits a little for another program that has it,
    /// and gives it back.
    static var ofThisProcess: LeaseTerms {
        LeaseTerms(
            holder: "vstore, process \(getpid()) on \(machine)", duration: .seconds(30), isTakenByChanges: true,
            maxWait: .seconds(5))
    }

    private static var machine: String {
        var bytes = [CChar](repeating: 0, count: 256)
        guard gethostname(&bytes, bytes.count - 1) == 0 else { return "this machine" }
        return String(decoding: bytes.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}

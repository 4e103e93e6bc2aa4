internal import FuzzSubjects

#if canImport(Glibc)
internal import Glibc
#else
internal import Darwin
#endif

/// The subject named by the environment variable FUZZ_SUBJECT.
private let subject: FuzzSubject = {
    let name = unsafe getenv("FUZZ_SUBJECT").map { unsafe String(cString: $0) } ?? ""
    guard let subject = FuzzSubject.named(name) else {
        print("set FUZZ_SUBJECT to one of: \(FuzzSubject.all.map(\.name).joined(separator: " "))")
        exit(64)
    }
    return subject
}()

/// Called by libFuzzer with every input; a broken property ends the process, as a trap does, and the input is kept.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = unsafe [UInt8](UnsafeBufferPointer(start: start, count: count))
    do {
        try subject.check(bytes)
    } catch {
        print("\(subject.name): \(error)")
        fflush(nil)
        abort()
    }
    return 0
}

import CardTrace
import Foundation
import Testing

@Suite struct PCSCSpyTests {
    @Test func `a FIFO that cannot be created has the system's reason`() {
        let home = "/nonexistent/\(UUID().uuidString)"
        let error = #expect(throws: SpyError.self) { _ = try PCSCSpy(environment: ["HOME": home]) }
        // Without pcsc-lite's libraries they are missing first.
        guard error?.code == .noFIFO else {
            #expect(error?.code == .noSpyLibrary || error?.code == .noLibrary)
            return
        }
        #expect(error.map { "\($0)" } == "\(home)/pcsc-spy: cannot be made (No such file or directory)")
    }
}

import ISO7816
import Synchronization

/// Passes an answer out of a body that runs on another thread.
final class KeptAnswer: Sendable {
    private let kept = Mutex<ResponseAPDU?>(nil)

    var answer: ResponseAPDU? { kept.withLock { $0 } }

    func keep(_ answer: ResponseAPDU) { kept.withLock { $0 = answer } }
}

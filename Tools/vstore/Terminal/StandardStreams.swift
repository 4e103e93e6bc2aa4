#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Standard input, output and error, which a caller may have closed.
enum StandardStreams {
    /// Holds the places of those that are closed, so that no file that is opened later gets what is meant for them.
    ///
    /// Nothing can be written there: a result that is lost is an error all the same.
    static func holdPlaces() {
        for place in STDIN_FILENO...STDERR_FILENO where fcntl(place, F_GETFD) == -1 {
            // The lowest free number is taken. Where even this fails, nothing else can be opened either.
            _ = open("/dev/null", O_RDONLY)
        }
    }
}

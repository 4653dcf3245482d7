import Synchronization
import Tickets
package import ZeroMQ

/// Which public keys may connect, and as whom: the `authorized` file, followed as it changes.
///
/// Any thread may use it; the ZAP handler's and the broker's do. A lookup takes a lock for a dictionary
/// access, and at most once a second one of them also looks at the file. A file that cannot be read, or has a
/// wrong line, changes nothing: those who were known stay, and ``failure`` says why. Time is the caller's, in
/// milliseconds of a clock that does not go back.
package final class KeyRegistry: Sendable {
    /// How long a change of the file may go unnoticed.
    package static let checkMilliseconds: Int64 = 1_000

    private struct State {
        var keys: [Z85Key: AuthorizedKey]
        /// By credential.
        var known: [String: AuthorizedKey]
        var stamp: FileStamp
        var checkedMilliseconds: Int64
        var generation: UInt64 = 1
        var failure: KeyError?
    }

    package let path: String
    private let state: Mutex<State>

    /// Reads the file.
    ///
    /// - Throws: When it is missing, can be written by others, or has a wrong line.
    package init(_ path: String, nowMilliseconds: Int64) throws(KeyError) {
        let (authorized, stamp) = try AuthorizedKeys.read(path)
        self.path = path
        state = Mutex(
            State(
                keys: Self.byKey(authorized), known: Self.byCredential(authorized), stamp: stamp,
                checkedMilliseconds: nowMilliseconds))
    }

    /// What is known of a public key; nil when nobody may connect with it.
    package func key(_ publicKey: Z85Key, nowMilliseconds: Int64) -> AuthorizedKey? {
        state.withLock { state in
            refresh(&state, nowMilliseconds)
            return state.keys[publicKey]
        }
    }

    /// A key of this name; nil when nobody has one. Whoever only says a name has proved nothing.
    package func key(named name: String, nowMilliseconds: Int64) -> AuthorizedKey? {
        state.withLock { state in
            refresh(&state, nowMilliseconds)
            // In any order: keys of a name differ in nothing else that matters.
            return state.known.values.first { $0.userID.name.text == name }
        }
    }

    /// The key that a connection was let in with, by its ``AuthorizedKey/credential``; nil once it was revoked or
    /// replaced, also for connections that exist.
    package func key(credential: String, nowMilliseconds: Int64) -> AuthorizedKey? {
        state.withLock { state in
            refresh(&state, nowMilliseconds)
            return state.known[credential]
        }
    }

    /// Grows by one with every change of the file that was read; a cheap way to see whether one was.
    package func generation(nowMilliseconds: Int64) -> UInt64 {
        state.withLock { state in
            refresh(&state, nowMilliseconds)
            return state.generation
        }
    }

    /// Why the file as it is now was not taken over; nil when it was.
    package var failure: KeyError? { state.withLock { $0.failure } }

    private func refresh(_ state: inout sending State, _ now: Int64) {
        guard now - state.checkedMilliseconds >= Self.checkMilliseconds else { return }
        state.checkedMilliseconds = now
        do throws(KeyError) {
            guard try FileAccess.stamp(path) != state.stamp || state.failure != nil else { return }
            let (authorized, stamp) = try AuthorizedKeys.read(path)
            let keys = Self.byKey(authorized)
            state.failure = nil
            state.stamp = stamp
            guard keys != state.keys else { return }
            state.keys = keys
            state.known = Self.byCredential(authorized)
            state.generation += 1
        } catch {
            state.failure = error
        }
    }

    private static func byKey(_ authorized: AuthorizedKeys) -> [Z85Key: AuthorizedKey] {
        Dictionary(authorized.keys.map { ($0.publicKey, $0) }) { first, _ in first }
    }

    private static func byCredential(_ authorized: AuthorizedKeys) -> [String: AuthorizedKey] {
        Dictionary(authorized.keys.map { ($0.credential, $0) }) { first, _ in first }
    }
}

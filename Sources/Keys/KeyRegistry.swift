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
        var users: [Z85Key: UserID]
        var known: Set<UserID>
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
                users: Self.users(authorized), known: Set(authorized.keys.map(\.userID)), stamp: stamp,
                checkedMilliseconds: nowMilliseconds))
    }

    /// Who has this public key; nil when nobody may connect with it.
    package func userID(of key: Z85Key, nowMilliseconds: Int64) -> UserID? {
        state.withLock { state in
            refresh(&state, nowMilliseconds)
            return state.users[key]
        }
    }

    /// Who has a key of this name; nil when nobody has. Whoever only says a name has proved nothing.
    package func userID(named name: String, nowMilliseconds: Int64) -> UserID? {
        state.withLock { state in
            refresh(&state, nowMilliseconds)
            // In any order: names are unique in the file.
            return state.known.first { $0.name.text == name }
        }
    }

    /// Whether one of the keys is this user's: false once it was revoked, also for connections that exist.
    package func isAuthorized(_ userID: UserID, nowMilliseconds: Int64) -> Bool {
        state.withLock { state in
            refresh(&state, nowMilliseconds)
            return state.known.contains(userID)
        }
    }

    /// The public key of a user, for example the coordinator's; nil when there is no such user.
    package func publicKey(of userID: UserID, nowMilliseconds: Int64) -> Z85Key? {
        state.withLock { state in
            refresh(&state, nowMilliseconds)
            // Names are unique in the file, so at most one matches.
            return state.users.first { $0.value == userID }?.key
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
            let users = Self.users(authorized)
            state.failure = nil
            state.stamp = stamp
            guard users != state.users else { return }
            state.users = users
            state.known = Set(authorized.keys.map(\.userID))
            state.generation += 1
        } catch {
            state.failure = error
        }
    }

    private static func users(_ authorized: AuthorizedKeys) -> [Z85Key: UserID] {
        Dictionary(authorized.keys.map { ($0.publicKey, $0.userID) }) { first, _ in first }
    }
}

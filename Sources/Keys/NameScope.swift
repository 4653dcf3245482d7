package import Tickets

/// For whom a key may speak besides itself: a node's key for nodes, a person's for agents.
///
/// Whatever a frame claims is held against it, so that nobody acts under a name that their key was not given.
package enum NameScope: Hashable, Sendable {
    /// Its own name and no other.
    case own
    /// Every name that begins with this, `berlin-*`.
    case prefixed(Name)
    /// Everybody, `*`: for the keys that all processes of one machine share.
    case any

    /// Nil unless the text is `*`, or a name and `*`.
    package init?(_ text: String) {
        guard text.utf8.last == UInt8(ascii: "*") else { return nil }
        let prefix = String(text.dropLast())
        if prefix.isEmpty {
            self = .any
        } else if let prefix = Name(prefix) {
            self = .prefixed(prefix)
        } else {
            return nil
        }
    }

    /// As in the list of keys; empty for ``own``.
    package var text: String {
        switch self {
        case .own: ""
        case .prefixed(let prefix): "\(prefix.text)*"
        case .any: "*"
        }
    }

    func covers(_ name: Name) -> Bool {
        switch self {
        case .own: false
        // On bytes: names are ASCII.
        case .prefixed(let prefix): name.text.utf8.starts(with: prefix.text.utf8)
        case .any: true
        }
    }
}

/// A language as far as its letters tell it.
package enum Language: UInt8, CaseIterable, Sendable {
    /// More Cyrillic letters than Latin ones.
    case russian = 1
    /// More Latin letters than Cyrillic ones.
    case english = 2

    /// The word in settings.
    package var word: String {
        switch self {
        case .russian: "ru"
        case .english: "en"
        }
    }
}

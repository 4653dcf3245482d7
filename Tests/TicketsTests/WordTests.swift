import Testing
import Tickets

/// The words that scripts, dashboards and other languages rely on.
@Suite struct WordTests {
    @Test func `every word of every list is there once, in lower case, and reads back`() {
        expectWords(Role.allCases.map(\.word))
        expectWords(Priority.allCases.map(\.word))
        expectWords(Status.allCases.map(\.word))
        expectWords(Place.allCases.map(\.word))
        expectWords(EntryKind.allCases.map(\.word))
        expectWords(ErrorCode.allCases.map(\.word))
        for role in Role.allCases { #expect(Role(word: role.word) == role) }
        for priority in Priority.allCases { #expect(Priority(word: priority.word) == priority) }
        #expect(Role(word: "root") == nil)
        #expect(Priority(word: "URGENT") == nil)
    }

    @Test func `the nearest word is one that differs in its case only, else one with few other letters`() {
        let known = ["night", "nighty", "Export", "export"]
        #expect(NearestWord.to("NIGHT", among: known) == "night")
        #expect(NearestWord.to("nights", among: known) == "night")
        #expect(NearestWord.to("EXPORT", among: known) == "Export")
        #expect(NearestWord.to("day", among: known) == nil)
    }

    @Test func `the statuses are those that helpdesks have`() {
        #expect(Status.allCases.map(\.word) == ["new", "open", "pending", "on-hold", "solved", "closed"])
    }

    @Test func `the numbers that are stored do not change`() {
        #expect(Role.allCases.map(\.rawValue) == [1, 2, 3, 4, 5, 6, 7, 8])
        #expect(Priority.allCases.map(\.rawValue) == [1, 2, 3, 4])
        #expect(Status.allCases.map(\.rawValue) == [1, 2, 3, 4, 5, 6])
        #expect(AmendmentFields.Subject.allCases.map(\.rawValue) == Array(1...15))
        #expect(Origin.Cause.allCases.map(\.rawValue) == [1, 2, 3])
        #expect(Place.allCases.map(\.rawValue) == [1, 2, 3, 4, 5])
        #expect(EntryKind.allCases.map(\.rawValue) == [1, 2, 3])
    }

    @Test func `what may be retried unchanged is what will change by itself`() {
        let retryable = ErrorCode.allCases.filter(\.isRetryable)
        for code in [ErrorCode.unknownSession, .deskFull, .diskNearlyFull, .draining] {
            #expect(retryable.contains(code))
        }
        for code in [ErrorCode.staleToken, .heldByAnother, .conflictingCommand, .notAuthorised, .textTooLong]
        {
            #expect(!retryable.contains(code))
        }
    }

    private func expectWords(_ words: [String]) {
        #expect(Set(words).count == words.count, "\(words)")
        for word in words {
            let isPlain = word.utf8.allSatisfy { (0x61...0x7a).contains($0) || $0 == 0x2d || $0 == 0x38 }
            #expect(isPlain, "\(word)")
        }
    }
}

package tollgate.catalog;

/// What the catalogue knows of one model of one provider.
///
/// @param model the provider's own name for it
/// @param price the provider's, before markup
public record ModelFacts(String model, Price price, About about) {

    /// As the catalogue writes it; the head of `catalogue.tsv` explains the format.
    public String line() {
        return CatalogueLine.write(this);
    }
}

package tollgate.app;

import java.util.ArrayList;
import java.util.List;
import tollgate.catalog.About;
import tollgate.catalog.Catalog;
import tollgate.catalog.Model;
import tollgate.catalog.PriceVersion;
import tollgate.catalog.Rates;
import tollgate.catalog.RouteEntry;
import tollgate.unit.Money;
import tollgate.wire.json.Json;

/// The models for sale as `./tollgate catalog` shows them. Prices are USD per million tokens,
/// before markup.
final class CatalogJson {
    private CatalogJson() {}

    static Json.Obj of(Catalog catalog) {
        List<Json> models = new ArrayList<>();
        catalog.list().forEach(model -> models.add(model(model)));
        return Json.obj().put("data", models).put("count", models.size());
    }

    private static Json.Obj model(Model model) {
        List<Json> routes = new ArrayList<>();
        for (RouteEntry route : model.routes()) {
            routes.add(new Json.Str(route.provider() + "/" + route.upstreamModel()));
        }
        About about = model.about();
        return Json.obj()
                .put("id", model.name())
                .put("author", model.author())
                .put("routes", routes)
                .put("price", price(model.price()))
                .put("context", known(about.context()))
                .put("max_output", known(about.maxOutput()));
    }

    private static Json.Obj price(PriceVersion version) {
        Rates rates = version.price().rates();
        Json.Obj price =
                Json.obj()
                        .put("version", version.id())
                        .put("input", new Money(rates.input()))
                        .put("output", new Money(rates.output()));
        price = unless(price, "cached_input", rates.cachedInput(), rates.input());
        price = unless(price, "cache_write", rates.cacheWrite(), rates.input());
        price = unless(price, "cache_write_1h", rates.cacheWriteLong(), Rates.UNPRICED);
        price = unless(price, "reasoning", rates.reasoning(), rates.output());
        price = unless(price, "image", version.price().image(), 0);
        price = unless(price, "request", version.price().request(), 0);
        price = unless(price, "web_search", version.price().webSearch(), Rates.UNPRICED);
        return price.put("tiers", version.price().tiers().size())
                .put("markup_ppm", version.markupPpm());
    }

    private static Json.Obj unless(Json.Obj price, String name, long nanos, long usual) {
        return nanos == usual ? price : price.put(name, new Money(nanos));
    }

    private static Json known(long tokens) {
        return tokens == About.UNKNOWN ? Json.Nil.NIL : new Json.Num(Long.toString(tokens));
    }
}
